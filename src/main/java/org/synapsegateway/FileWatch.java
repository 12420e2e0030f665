package org.synapsegateway;

import java.nio.file.Path;
import java.util.Map;

/**
 * Tells when files have changed and come to rest.
 *
 * <p>A file may be written in several steps, so a change counts when two looks one after the other
 * see the same. Each change is told once, whatever comes of it. Confined to one thread at a time.
 */
final class FileWatch {
  private final ConfigFiles files;
  private Map<Path, Object> told;
  private Map<Path, Object> seen;

  /**
   * @param loaded what the files looked like before they were read
   */
  FileWatch(ConfigFiles files, Map<Path, Object> loaded) {
    this.files = files;
    this.told = loaded;
    this.seen = loaded;
  }

  /** Looks at the files; whether they have changed since this last returned true, and rest now. */
  boolean changed() {
    Map<Path, Object> now = files.look();
    boolean rests = now.equals(seen);
    seen = now;
    if (!rests || now.equals(told)) {
      return false;
    }
    told = now;
    return true;
  }
}
