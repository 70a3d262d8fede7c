# Once for each account, by one of its administrators: where the state is kept, and as whom the workflows come. Its own state
# stays with that person; everything here can be imported again.
terraform {
  required_version = "~> 1.12"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.67.0"
    }
  }
}

variable "account" {
  description = "The AWS account."
  type        = string
}

variable "region" {
  description = "Where the state is kept."
  type        = string
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]
}

locals {
  repository = "example-org/example-app-infra"
  issuer     = "token.actions.githubusercontent.com"

  # GitHub says in a run's token what it is for: anything in a pull request may plan, and main alone may apply.
  workflows = {
    plan  = "repo:${local.repository}:pull_request"
    apply = "repo:${local.repository}:ref:refs/heads/main"
  }
}

resource "aws_s3_bucket" "state" {
  bucket = "tofu-state-${var.account}"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.workflows

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "workflow" {
  for_each = local.workflows

  name                 = "example-app-infra-${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

# Reading a plan needs, but for what objects and messages hold.
data "aws_iam_policy_document" "plan" {
  statement {
    actions = [
      "eks:DescribePodIdentityAssociation",
      "eks:ListPodIdentityAssociations",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetAccelerateConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
      "sqs:GetQueueAttributes",
      "sqs:ListQueueTags",
    ]
    resources = ["*"]
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.state.arn}/example-app/*"]
  }
}

# Writing what the application is made of, by its names, and the state with its lock.
data "aws_iam_policy_document" "apply" {
  source_policy_documents = [data.aws_iam_policy_document.plan.json]

  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${aws_s3_bucket.state.arn}/example-app/*"]
  }

  statement {
    actions = [
      "s3:CreateBucket",
      "s3:DeleteBucketPolicy",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:TagResource",
      "s3:UntagResource",
    ]
    resources = ["arn:aws:s3:::example-app-*"]
  }

  statement {
    actions   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
    resources = ["arn:aws:sqs:*:${var.account}:example-app-*"]
  }

  statement {
    actions = [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:ListInstanceProfilesForRole",
      "iam:PassRole",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]
    # The application's, and not the ones that the workflows come as.
    resources = ["arn:aws:iam::${var.account}:role/example-app-production", "arn:aws:iam::${var.account}:role/example-app-sandbox"]
  }

  statement {
    actions = [
      "eks:CreatePodIdentityAssociation",
      "eks:DeletePodIdentityAssociation",
      "eks:TagResource",
      "eks:UntagResource",
      "eks:UpdatePodIdentityAssociation",
    ]
    resources = ["arn:aws:eks:*:${var.account}:cluster/*", "arn:aws:eks:*:${var.account}:podidentityassociation/*"]
  }
}

resource "aws_iam_role_policy" "workflow" {
  for_each = {
    plan  = data.aws_iam_policy_document.plan.json
    apply = data.aws_iam_policy_document.apply.json
  }

  name   = "infra"
  role   = aws_iam_role.workflow[each.key].id
  policy = each.value
}
