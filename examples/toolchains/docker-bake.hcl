# All of them: REGISTRY=registry:5000 docker buildx bake --push -f examples/toolchains/docker-bake.hcl
variable "REGISTRY" { default = "registry:5000" }

group "default" { targets = ["gcc", "golang", "rust", "temurin", "scripts"] }

target "gcc" {
  target = "gcc"
  tags   = ["${REGISTRY}/library/gcc:12"]
}
target "golang" {
  target = "golang"
  tags   = ["${REGISTRY}/library/golang:1.19"]
}
target "rust" {
  target = "rust"
  tags   = ["${REGISTRY}/library/rust:1.63"]
}
target "temurin" {
  target = "temurin"
  tags   = ["${REGISTRY}/library/eclipse-temurin:17"]
}
target "scripts" {
  target = "scripts"
  tags = [
    for name in ["node:18-slim", "perl:5.36-slim", "php:8.2-cli", "python:3.11-slim", "ruby:3.1-slim"] :
    "${REGISTRY}/library/${name}"
  ]
}
