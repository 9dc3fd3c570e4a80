package dev.obdbuild.backstore.tcmu;

import dev.obdbuild.linux.configfs.ConfigFolder;
import dev.obdbuild.linux.module.KernelModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether this host's kernel can do it. */
public final class TcmuSupport {
  private static final List<String> MODULES =
      List.of("configfs", "target_core_mod", "target_core_user", "tcm_loop", "sd_mod");

  private TcmuSupport() {}

  /**
   * Loads what is needed and not there yet.
   *
   * @return what is lacking, in words; empty when devices can be made
   */
  public static Optional<String> lacking() throws IOException {
    for (String name : MODULES) {
      KernelModule module = new KernelModule(name);
      Optional<String> why = builtIn(module) ? Optional.empty() : module.load();
      if (why.isPresent()) {
        return why;
      }
    }
    ConfigFolder configfs;
    try {
      configfs = ConfigFolder.root();
    } catch (IOException e) {
      return Optional.of("configfs cannot be used: " + e.getMessage());
    }
    ConfigFolder target = configfs.child("target");
    if (!target.exists()) {
      return Optional.of(target + " does not exist");
    }
    ConfigFolder fabric = target.child("loopback");
    if (!fabric.exists()) {
      fabric.make(); // has the fabric registered
    }
    return Optional.empty();
  }

  /** What is built in without parameters does not show among the modules. */
  private static boolean builtIn(KernelModule module) {
    return switch (module.name()) {
      case "configfs" -> Files.isDirectory(Path.of("/sys/kernel/config"));
      case "sd_mod" -> Files.isDirectory(Path.of("/sys/bus/scsi/drivers/sd"));
      default -> module.loaded();
    };
  }
}
