// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request on its way through HAProxy: its variables, and what expressions may look at. */
final class Evaluation {
  private final Site site;
  private final Request request;
  private final Map<String, String> variables = new HashMap<>();
  private final Set<String> changedFields = new HashSet<>();
  private final Section frontend;
  private Section section;

  Evaluation(Site site, Section frontend, Request request) {
    this.site = site;
    this.frontend = frontend;
    this.section = frontend;
    this.request = request;
  }

  Request request() {
    return request;
  }

  Map<String, String> variables() {
    return variables;
  }

  /** Whether clients reach the frontend with TLS, as they do where it listens for it at all. */
  boolean isEncrypted() {
    return frontend.all("bind").anyMatch(bind -> bind.words().contains("ssl"));
  }

  /** Goes on in a backend, whose ACLs count from then on. */
  void enter(Section backend) {
    section = backend;
  }

  List<Line> acls(String name) {
    return section.all("acl").filter(line -> line.word(1).equals(name)).toList();
  }

  /** A field of the request, which no rule may have changed. */
  @Nullable String field(Line line, String name) {
    if (changedFields.contains(name.toLowerCase(Locale.ROOT))) {
      throw new CannotTellException(line, "an earlier rule changes the field " + name);
    }
    return request.field(name);
  }

  void change(String field) {
    changedFields.add(field.toLowerCase(Locale.ROOT));
  }

  /** How many servers a backend has; all are taken to be up. */
  int available(String backend) {
    return site.backend(backend).map(Backend::of).map(found -> found.servers().size()).orElse(0);
  }

  /** Whether a pattern matches anywhere in a text. */
  boolean isIn(Line line, String pattern, boolean caseless, String text) {
    return site.patterns().isIn(line, pattern, caseless, text);
  }

  MapFile map(Line line, String file) {
    return site.map(line, file);
  }
}
