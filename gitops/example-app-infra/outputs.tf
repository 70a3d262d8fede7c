output "bucket" {
  description = "For the overlay's configMapGenerator: BUCKET."
  value       = aws_s3_bucket.objects.bucket
}

output "queue" {
  description = "For the overlay's configMapGenerator: QUEUE_URL."
  value       = aws_sqs_queue.jobs.url
}
