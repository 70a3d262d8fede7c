# What is to be done later, and what could not be done.
resource "aws_sqs_queue" "jobs" {
  name                       = "${local.name}-jobs"
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 60
  receive_wait_time_seconds  = 20

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed_jobs.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "failed_jobs" {
  name                      = "${local.name}-failed-jobs"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 14 * 24 * 60 * 60
}

resource "aws_sqs_queue_redrive_allow_policy" "failed_jobs" {
  queue_url = aws_sqs_queue.failed_jobs.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.jobs.arn]
  })
}
