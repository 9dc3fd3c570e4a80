/**
 * What a build may take from the machine it was asked for on: folders, secrets, credentials; handed
 * to lower modules as their own interfaces.
 */
@NullMarked
package dev.obdbuild.builder.session;

import org.jspecify.annotations.NullMarked;
