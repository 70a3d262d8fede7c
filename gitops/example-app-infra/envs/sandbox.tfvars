environment = "sandbox"
account     = "222222222222"
region      = "eu-central-1"
cluster     = "sandbox"
