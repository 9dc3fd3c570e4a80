package dev.obdbuild.pusher;

import java.util.Optional;

/**
 * What an export came to.
 *
 * @param image what the names stand for
 * @param referrer its overlaybd form, found through it
 */
public record ImageSet(ImageTree image, Optional<ImageTree> referrer) {}
