/**
 * What a client asks an exporter for: the attributes of BuildKit's exporters as checked values.
 *
 * <p>Pure parsing; nothing is opened, made or asked here. Attributes that are not known are kept,
 * for they may be metadata of a result.
 */
@NullMarked
package dev.obdbuild.pusher.output;

import org.jspecify.annotations.NullMarked;
