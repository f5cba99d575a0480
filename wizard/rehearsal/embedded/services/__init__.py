"""What moto lacks, one module per service. Each has an `install()`; `embedded.install` calls them once."""
