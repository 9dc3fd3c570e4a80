/**
 * Folders that outlive builds ({@code RUN --mount=type=cache}). They lie on the host's filesystem
 * below the state directory, or are layers on a device once they were exported or imported, and are
 * bound into containers; file locks make their sharing modes hold between processes.
 *
 * <p>{@code CacheMounts} gives folders out. {@code FolderHomes} are the directories of ids, {@code
 * Folder} is where one folder lies on the host, {@code LayeredFolders} are those on devices.
 */
@NullMarked
package dev.obdbuild.worker.cachemount;

import org.jspecify.annotations.NullMarked;
