/**
 * The last station of a build: layers and a config become the documents of an image, and those go
 * to registries.
 *
 * <p>What a layer is and where its bytes come from is behind {@link
 * dev.obdbuild.oci.image.LayerSource}; this package knows no device and no snapshot. Layers may be
 * uploaded while later steps still run; a manifest goes up when everything it names is there.
 */
@NullMarked
package dev.obdbuild.pusher;

import org.jspecify.annotations.NullMarked;
