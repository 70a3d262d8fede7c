variable "environment" {
  description = "One that the deployment repository has an overlay for. Previews have nothing of their own here."
  type        = string

  validation {
    condition     = contains(["production", "sandbox"], var.environment)
    error_message = "There are the environments production and sandbox."
  }
}

variable "account" {
  description = "The AWS account of the environment: one for each."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account is twelve digits."
  }
}

variable "region" {
  description = "Where all of it is."
  type        = string
}

variable "cluster" {
  description = "The EKS cluster that the environment is in."
  type        = string
}
