/**
 * Signatures over files and git objects, verified as BuildKit verifies them: OpenPGP by Bouncy
 * Castle, of which nothing is loaded before there is a signature to verify, and SSH by the JDK.
 */
@NullMarked
package dev.obdbuild.worker.signature;

import org.jspecify.annotations.NullMarked;
