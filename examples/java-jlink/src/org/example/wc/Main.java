package org.example.wc;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts words. */
public final class Main {
  public static void main(String[] words) {
    Map<String, Long> counts =
        Arrays.stream(words).collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting()));
    System.out.println(counts + " on Java " + Runtime.version().feature());
  }
}
