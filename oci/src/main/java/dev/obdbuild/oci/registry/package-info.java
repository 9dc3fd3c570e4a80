/**
 * The distribution protocol over the JDK's HTTP client: resolving, ranged reads, uploads with
 * resume, mounts, referrers, tokens, mirrors, retry. Every request passes its host's gate, which
 * paces requests and fails them at once while the host is silent. All calls block; the client's own
 * threads are platform threads, because a served mount may wait for them. Every digest is verified,
 * ranged reads apart, whose formats carry checksums of their own.
 */
@NullMarked
package dev.obdbuild.oci.registry;

import org.jspecify.annotations.NullMarked;
