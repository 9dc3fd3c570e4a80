package dev.obdbuild.builder.request;

/**
 * A stage of the Dockerfile that takes the place of another stage or image: {@code --build-context
 * NAME=target:STAGE}.
 *
 * @param name of what it takes the place of
 */
public record LinkedTarget(String name, String stage) {}
