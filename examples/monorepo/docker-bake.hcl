# Two services and what they share, each a context of its own: docker buildx bake -f examples/monorepo/docker-bake.hcl
variable "REGISTRY" { default = "registry:5000" }
variable "TAG" { default = "1" }

group "default" { targets = ["api", "report"] }

target "runtime" {
  context = "runtime"
}
target "api" {
  context  = "services/api"
  contexts = { runtime = "target:runtime", shared = "shared" }
  tags     = ["${REGISTRY}/examples/monorepo/api:${TAG}"]
}
target "report" {
  context  = "services/report"
  contexts = { runtime = "target:runtime", shared = "shared" }
  tags     = ["${REGISTRY}/examples/monorepo/report:${TAG}"]
  args     = { TITLE = "monthly" }
}
