/**
 * Folders over the wire: copies of clients' folders that are kept from build to build and brought
 * up to date by what changed, and folders sent to a client.
 */
@NullMarked
package dev.obdbuild.builder.session.sync;

import org.jspecify.annotations.NullMarked;
