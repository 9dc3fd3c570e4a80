package dev.obdbuild.backstore.device;

/** How block devices are made. */
public enum DeviceChoice {
  /** TCMU where the kernel offers it, else FUSE. */
  AUTO,
  /** The kernel's SCSI target in user space. */
  TCMU,
  /** A file served by FUSE below a loop device. */
  FUSE
}
