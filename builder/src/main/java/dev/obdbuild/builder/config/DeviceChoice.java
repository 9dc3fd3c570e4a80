package dev.obdbuild.builder.config;

/** How block devices are made. */
public enum DeviceChoice {
  /** The best that this host offers. */
  AUTO,
  /** The kernel's SCSI target in user space; not built in yet. */
  TCMU,
  /** A file served by FUSE below a loop device. */
  FUSE
}
