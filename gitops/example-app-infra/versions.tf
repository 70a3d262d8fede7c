terraform {
  required_version = "~> 1.12"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.67.0"
    }
  }

  # The rest of it is in envs/<environment>.tfbackend.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  # A mistake in the credentials must not reach another environment.
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      application = local.application
      environment = var.environment
      repository  = "example-org/example-app-infra"
    }
  }
}
