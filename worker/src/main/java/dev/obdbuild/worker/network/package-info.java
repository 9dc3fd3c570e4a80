/**
 * Where containers get their network from: the host's own, a bridge of this process, or CNI
 * plugins. Knows neither graph nor container: hands out namespaces.
 */
@NullMarked
package dev.obdbuild.worker.network;

import org.jspecify.annotations.NullMarked;
