"""What is shipped and not imported: OpenTofu modules, templates, the watcher, boot scripts, example answers."""
