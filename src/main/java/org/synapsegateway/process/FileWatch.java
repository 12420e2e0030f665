// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reports when files have changed and are complete.
 *
 * <p>A file may be written in several steps, so a change counts when two consecutive looks see the
 * same, or when the files have kept changing for many looks. Each change is reported once. Confined
 * to one thread at a time.
 */
final class FileWatch {
  /** How many looks a file that is written all the time may keep the others from being loaded. */
  static final int UNREST_MAX = 60;

  private final Supplier<Map<Path, Object>> files;
  private Map<Path, Object> told;
  private Map<Path, Object> seen;
  private int unrest;

  /**
   * @param files returns the present state of the files
   * @param loaded the state of the files before they were read
   */
  FileWatch(Supplier<Map<Path, Object>> files, Map<Path, Object> loaded) {
    this.files = files;
    this.told = loaded;
    this.seen = loaded;
  }

  /** Looks at the files; whether they have changed since this last returned true, and rest now. */
  boolean changed() {
    Map<Path, Object> now = files.get();
    unrest = now.equals(seen) ? 0 : unrest + 1;
    seen = now;
    if (unrest % UNREST_MAX != 0 || now.equals(told)) {
      return false;
    }
    told = now;
    return true;
  }

  /** Takes the present state as loaded; the caller reads the files next. */
  void taken() {
    told = files.get();
    seen = told;
    unrest = 0;
  }
}
