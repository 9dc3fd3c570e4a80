package dev.obdbuild.builder.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * What the launcher runs before {@link WarmUp}: gives classes of libraries that were compiled for
 * Java 5 or older the stack maps of newer ones. JDK 25 cannot keep classes without them in its AOT
 * cache (JDK 26 can), and picocli's alone take a fifth of a short command when they are read from
 * their jar.
 */
final class NewerClasses {

  /** The first version whose classes can be kept. */
  private static final int KEPT = ClassFile.JAVA_6_VERSION;

  private static final int WITH_STACK_MAPS = ClassFile.JAVA_8_VERSION;
  private static final int OFFSET_OF_VERSION = 6;

  private static final ClassFile FORMAT =
      ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
  private static final ClassTransform NEWER =
      ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
          .andThen(
              (builder, element) -> {
                if (element instanceof ClassFileVersion) {
                  builder.withVersion(WITH_STACK_MAPS, 0);
                } else {
                  builder.with(element);
                }
              });

  private NewerClasses() {}

  /**
   * Rewrites jars.
   *
   * @param args the folder of the jars, all of which are on the class path
   */
  public static void main(String[] args) throws IOException {
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
    for (Path jar : jars) {
      renew(jar);
    }
  }

  private static void renew(Path jar) throws IOException {
    Path part = jar.resolveSibling(jar.getFileName() + ".part");
    boolean renewed = false;
    try (ZipFile in = new ZipFile(jar.toFile());
        OutputStream file = Files.newOutputStream(part);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class") && version(bytes) < KEPT) {
          bytes = FORMAT.transformClass(FORMAT.parse(bytes), NEWER);
          renewed = true;
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    if (renewed) {
      Files.move(part, jar, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(part);
    }
  }

  private static int version(byte[] bytes) {
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(OFFSET_OF_VERSION));
  }
}
