package dev.obdbuild.backstore.tcmu;

import dev.obdbuild.linux.configfs.ConfigFolder;
import dev.obdbuild.linux.module.KernelModule;
import dev.obdbuild.linux.uio.UioDevice;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One device of the kernel's SCSI target whose commands a process carries out: its objects in
 * configfs. Says nothing of whether they exist. Thread-safe as far as the kernel is.
 *
 * <pre>
 * target/core/user_189/OWNER-NUMBER                       the device: control, enable, attrib, action
 * target/loopback/naa.5001405.../tpgt_1/lun/lun_0/device  a link that makes it a disk of this host
 * </pre>
 */
public final class TcmuTarget {
  private static final String HBA = "user_189"; // any number does
  private static final String CONFIG = "obd/";
  private static final int MEBIBYTES_SHARED = 64;
  private static final int MAX_TRANSFER = 1 << 20;
  private static final int ATTEMPTS = 16;

  private final TargetName name;
  private final ConfigFolder hba;
  private final ConfigFolder core;
  private final ConfigFolder port;

  private TcmuTarget(ConfigFolder configfs, TargetName name) {
    this.name = name;
    ConfigFolder target = configfs.child("target");
    this.hba = target.child("core").child(HBA);
    this.core = hba.child(name.core());
    this.port = target.child("loopback").child(name.port());
  }

  /** The objects of a name, whether they exist or not. */
  public static TcmuTarget of(TargetName name) throws IOException {
    return new TcmuTarget(ConfigFolder.root(), name);
  }

  /** All whose core object exists and that belong to an owner. */
  public static List<TcmuTarget> ownedBy(String owner) throws IOException {
    return all().stream().filter(target -> target.name.owner().equals(owner)).toList();
  }

  /** All whose core object exists, whoever owns them. */
  public static List<TcmuTarget> all() throws IOException {
    List<TcmuTarget> found = new ArrayList<>();
    if (!new KernelModule("target_core_user").loaded()) {
      return found; // nobody has any
    }
    ConfigFolder configfs = ConfigFolder.root();
    for (ConfigFolder core : configfs.child("target").child("core").child(HBA).children("*-*")) {
      if (core.name().matches("[0-9a-f]+-[0-9]{1,18}")) {
        found.add(new TcmuTarget(configfs, TargetName.parse(core.name())));
      }
    }
    return found;
  }

  public TargetName name() {
    return name;
  }

  /**
   * Makes the device. It answers nothing before somebody serves its {@link #uio}.
   *
   * @throws FileAlreadyExistsException when the name is taken
   */
  public void create(TargetSpec spec) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        if (!hba.exists()) {
          hba.make();
        }
        core.make();
        break;
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        // Others make and remove the folder of all devices, too.
        if (core.exists() || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
    core.set(
        "control",
        "dev_config="
            + CONFIG
            + spec.config()
            + ",dev_size="
            + spec.size()
            + ",hw_block_size="
            + spec.sectorSize()
            + ",hw_max_sectors="
            + MAX_TRANSFER / spec.sectorSize()
            + ",max_data_area_mb="
            + MEBIBYTES_SHARED
            + ",nl_reply_supported=-1"); // nobody is asked for leave
    // Commands wait for as long as nobody serves: whoever takes over answers them. Only possible
    // before there is a port.
    core.set("attrib/cmd_time_out", "0");
    core.set("enable", "1");
  }

  /** What it was made with; empty when it was never finished. */
  public Optional<TargetSpec> spec() throws IOException {
    String config = core.get("attrib/dev_config");
    if (!config.startsWith(CONFIG) || !enabled()) {
      return Optional.empty();
    }
    return Optional.of(
        TargetSpec.parse(
            config.substring(CONFIG.length()),
            core.get("attrib/dev_size"),
            core.get("attrib/hw_block_size")));
  }

  /** Where its commands come. @throws IOException when it has none: it was never enabled */
  public UioDevice uio() throws IOException {
    String start = "tcm-user/" + HBA.substring("user_".length()) + "/" + core.name() + "/";
    for (UioDevice device : UioDevice.all()) {
      if (device.name().startsWith(start)) {
        return device;
      }
    }
    throw new IOException("no uio device is named " + start);
  }

  /** Makes a disk of it; somebody must serve it, since the kernel asks it at once what it is. */
  public ScsiDisk connect() throws IOException {
    ConfigFolder group = port.child("tpgt_1");
    port.make();
    group.make();
    group.set("nexus", name.nexus());
    ConfigFolder lun = group.child("lun").child("lun_0");
    lun.make();
    lun.link("device", core);
    return disk();
  }

  /** The disk that {@link #connect} made, once it has a node. */
  public ScsiDisk disk() throws IOException {
    return ScsiDisk.find(port.child("tpgt_1").get("address") + ":0");
  }

  /** The same, if it is there already or still. */
  public Optional<ScsiDisk> diskIfThere() throws IOException {
    ConfigFolder group = port.child("tpgt_1");
    return group.exists() ? ScsiDisk.ifThere(group.get("address") + ":0") : Optional.empty();
  }

  /** Whether its creation was finished. */
  public boolean enabled() throws IOException {
    return core.get("enable").equals("1");
  }

  /** Whether it is a disk of this host. */
  public boolean connected() throws IOException {
    return port.child("tpgt_1").child("lun").child("lun_0").child("device").exists();
  }

  /** While blocked, the kernel puts no new commands into the ring; they wait. */
  public void block(boolean blocked) throws IOException {
    core.set("action/block_dev", blocked ? "1" : "0");
  }

  /** Empties the ring: the kernel is told that commands that were in it found the disk busy. */
  public void resetRing() throws IOException {
    resetRing(false);
  }

  private void resetRing(boolean failed) throws IOException {
    core.set("action/reset_ring", failed ? "2" : "1");
  }

  /**
   * Fails what waits for the device, and all that comes, though nobody serves it. Commands are
   * handed back as if the disk were busy, and the kernel refuses to try them again on a disk that
   * is offline; handed back as failed they would start its error recovery, which waits for the
   * server that is not there (seen). Only while there is no disk yet nothing can be offline: then
   * the kernel's first questions fail, and have to be failed again until it gives up.
   */
  public void fail() throws IOException {
    ConfigFolder group = port.child("tpgt_1");
    boolean offline = group.exists() && ScsiDisk.offline(group.get("address") + ":0");
    if (enabled()) {
      block(false);
      resetRing(!offline);
      resetRing(!offline); // what had found the ring full is in it now
    }
  }

  /** Whether {@link #fail} was called while there was a disk: its users have had errors. */
  public boolean failed() throws IOException {
    ConfigFolder group = port.child("tpgt_1");
    return group.exists() && ScsiDisk.isOffline(group.get("address") + ":0");
  }

  /** Takes the disk away; its users get errors. What is not there is no error. */
  public void disconnect() throws IOException {
    ConfigFolder group = port.child("tpgt_1");
    ConfigFolder lun = group.child("lun").child("lun_0");
    lun.unlinkAll();
    lun.remove();
    group.remove();
    port.remove();
  }

  /** Removes the device, which is connected no more. */
  public void remove() throws IOException {
    core.remove();
    try {
      hba.remove();
    } catch (IOException e) {
      return; // others have devices there: the last one removes it
    }
  }

  public boolean exists() {
    return core.exists();
  }

  @Override
  public String toString() {
    return "tcmu device " + name;
  }
}
