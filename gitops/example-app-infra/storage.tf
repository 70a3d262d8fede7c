# The application's objects. Bucket names are the whole world's, hence the account.
resource "aws_s3_bucket" "objects" {
  bucket = "${local.name}-${var.account}"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "objects" {
  bucket = aws_s3_bucket.objects.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "objects" {
  bucket = aws_s3_bucket.objects.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "objects" {
  # It speaks of versions.
  depends_on = [aws_s3_bucket_versioning.objects]

  bucket = aws_s3_bucket.objects.id

  rule {
    id     = "forget what was replaced"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "encrypted_in_transit" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.objects.arn, "${aws_s3_bucket.objects.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "objects" {
  # Two writers of one bucket's settings get in each other's way.
  depends_on = [aws_s3_bucket_public_access_block.objects]

  bucket = aws_s3_bucket.objects.id
  policy = data.aws_iam_policy_document.encrypted_in_transit.json
}
