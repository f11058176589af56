"""What is installed from elsewhere: locked by hash, audited, and listed with its licences (docs/deploy.md)."""
