/**
 * What a build may take from the machine it was asked for on: folders, secrets, credentials,
 * agents, blobs, and where its outputs go; handed to lower modules as their own interfaces. Either
 * that machine is this one, or it is a client of the daemon behind a tunnel.
 */
@NullMarked
package dev.obdbuild.builder.session;

import org.jspecify.annotations.NullMarked;
