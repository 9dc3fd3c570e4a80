/**
 * Images outside of registries: as an OCI layout in a tar archive, and blob by blob in a content
 * store. Layers are streamed from their files.
 */
@NullMarked
package dev.obdbuild.pusher.layout;

import org.jspecify.annotations.NullMarked;
