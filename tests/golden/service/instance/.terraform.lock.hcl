# The provider that this stack was tested with, for OpenTofu's registry and for Terraform's. `init` keeps the entry of the
# engine that runs and adds the checksums of the platform it runs on.

provider "registry.opentofu.org/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "~> 5.100"
}

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "~> 5.100"
}
