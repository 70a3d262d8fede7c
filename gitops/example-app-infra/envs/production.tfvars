environment = "production"
account     = "111111111111"
region      = "eu-central-1"
cluster     = "production"
