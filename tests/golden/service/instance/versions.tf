terraform {
  # OpenTofu from 1.10, or Terraform from 1.11 (where the S3 backend's own lock file is settled).
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
