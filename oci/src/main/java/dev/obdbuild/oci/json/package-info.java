/**
 * JSON at the edge: {@link dev.obdbuild.oci.json.JsonReader} turns bounded outside bytes into
 * checked values, {@link dev.obdbuild.oci.json.JsonWriter} writes compact text with the escapes Go
 * uses, so that our documents look like those of the tools around us, and {@link
 * dev.obdbuild.oci.json.GoQuote} quotes as its error texts do. Stands below every other package of
 * this module.
 */
@NullMarked
package dev.obdbuild.oci.json;

import org.jspecify.annotations.NullMarked;
