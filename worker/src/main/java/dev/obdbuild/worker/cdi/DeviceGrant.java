package dev.obdbuild.worker.cdi;

import dev.obdbuild.llb.ExecOp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which devices a build may use besides those that every build may: {@code device} for all, {@code
 * device=NAME} for those of a name, {@code device=NAME,alias=OTHER} for what the build calls OTHER.
 *
 * @param all whether every one
 * @param names granted names; the value is what stands behind an alias, or empty
 */
public record DeviceGrant(boolean all, Map<String, String> names) {

  /** The entitlement, and the word before the equals sign of one with names. */
  public static final String ENTITLEMENT = "device";

  public DeviceGrant {
    names = Map.copyOf(names);
  }

  /** Whether an entitlement is one to devices. */
  public static boolean isMeant(String entitlement) {
    return entitlement.equals(ENTITLEMENT) || entitlement.startsWith(ENTITLEMENT + "=");
  }

  /**
   * What some entitlements say of devices; others are passed over.
   *
   * @throws IllegalArgumentException when one makes no sense
   */
  public static DeviceGrant of(Collection<String> entitlements) {
    boolean all = false;
    Map<String, String> names = new HashMap<>();
    for (String entitlement : entitlements) {
      if (!isMeant(entitlement)) {
        continue;
      }
      String said = entitlement.substring(ENTITLEMENT.length());
      if (said.isEmpty() || said.equals("=")) {
        all = true;
        continue;
      }
      String[] fields = said.substring(1).split(",", -1);
      String alias = "";
      for (int i = 1; i < fields.length; i++) {
        if (!fields[i].contains("=")) {
          throw new IllegalArgumentException("invalid device config \"" + fields[i] + "\"");
        }
        if (!fields[i].startsWith("alias=")) {
          throw new IllegalArgumentException(
              "unknown device config key \"" + ContainerEdits.variable(fields[i]) + "\"");
        }
        alias = fields[i].substring("alias=".length());
      }
      if (alias.isEmpty()) {
        names.put(fields[0], "");
      } else {
        names.put(alias, fields[0]);
      }
    }
    return new DeviceGrant(all, names);
  }

  /**
   * The devices that a step gets.
   *
   * @throws IOException naming what there is not, or is not granted
   */
  public List<CdiDevice> admit(List<ExecOp.CdiDevice> wanted, CdiDevices devices)
      throws IOException {
    if (wanted.isEmpty()) {
      return List.of();
    }
    if (all) {
      return devices.find(wanted);
    }
    List<ExecOp.CdiDevice> aliased = new ArrayList<>();
    List<ExecOp.CdiDevice> others = new ArrayList<>();
    for (ExecOp.CdiDevice device : wanted) {
      String behind = names.getOrDefault(device.name(), "");
      if (behind.isEmpty()) {
        others.add(device);
      } else {
        aliased.add(new ExecOp.CdiDevice(behind, device.optional()));
      }
    }
    Set<CdiDevice> admitted = new LinkedHashSet<>(devices.find(aliased));
    Set<CdiDevice> granted = new HashSet<>();
    for (Map.Entry<String, String> name : names.entrySet()) {
      if (name.getValue().isEmpty()) {
        granted.addAll(devices.find(List.of(new ExecOp.CdiDevice(name.getKey(), true))));
      }
    }
    List<String> forbidden = new ArrayList<>();
    for (CdiDevice device : devices.find(others)) {
      if (device.autoAllow() || granted.contains(device)) {
        admitted.add(device);
      } else {
        forbidden.add(device.name());
      }
    }
    if (!forbidden.isEmpty()) {
      throw new IOException(
          (forbidden.size() == 1 ? "device " : "devices ")
              + String.join(", ", forbidden)
              + (forbidden.size() == 1 ? " is" : " are")
              + " requested by the build but not allowed");
    }
    return List.copyOf(admitted);
  }
}
