/**
 * One RUN step as a container: from an {@link dev.obdbuild.worker.exec.ExecSpec} to the exit code;
 * or a {@link dev.obdbuild.worker.exec.Container} in which processes are started one by one.
 *
 * <p>The root filesystem is a folder that the caller has mounted; this package writes the OCI
 * runtime configuration beside it, hands it to crun or runc and removes what the mounts left behind
 * in the root filesystem. It knows neither graph nor snapshot. The sandbox is the one users of
 * BuildKit know: default capabilities, seccomp filter, masked paths. {@link
 * dev.obdbuild.worker.exec.HostPlatforms} tells for which platforms programs run here.
 */
@NullMarked
package dev.obdbuild.worker.exec;

import org.jspecify.annotations.NullMarked;
