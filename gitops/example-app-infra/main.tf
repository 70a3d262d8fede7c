locals {
  application = "example-app"
  name        = "${local.application}-${var.environment}"
}
