/**
 * Files from HTTP servers: what a source asks for, the download with its redirects and deadlines,
 * and what is remembered of a download so that an unchanged file is not fetched again.
 */
@NullMarked
package dev.obdbuild.worker.source.http;

import org.jspecify.annotations.NullMarked;
