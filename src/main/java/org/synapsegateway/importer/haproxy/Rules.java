// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.haproxy;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of a frontend and of the backend that it leads to, for one request. */
final class Rules {
  private static final Set<String> ANSWERS =
      Set.of("deny", "redirect", "reject", "return", "silent-drop", "tarpit", "use-service");

  /** Change no decision: they log, count, delay or keep. */
  private static final Set<String> HARMLESS =
      Set.of(
          "cache-use",
          "capture",
          "disable-l7-retry",
          "early-hint",
          "set-log-level",
          "set-mark",
          "set-nice",
          "set-priority-class",
          "set-priority-offset",
          "set-timeout",
          "set-tos",
          "wait-for-body",
          "wait-for-handshake");

  private static final Set<String> FIELDS =
      Set.of("add-header", "del-header", "replace-header", "replace-value", "set-header");

  /** Of old releases, or decided elsewhere than in the rules that are read here. */
  private static final Set<String> UNKNOWN =
      Set.of("block", "filter", "force-persist", "reqdeny", "reqirep", "reqrep", "use-server");

  private static final Pattern VARIABLE = Pattern.compile("%\\[([^]]*)]");

  private final Site site;
  private final Evaluation evaluation;

  private Rules(Site site, Evaluation evaluation) {
    this.site = site;
    this.evaluation = evaluation;
  }

  static Decision decide(Site site, Section frontend, Request request) {
    Rules rules = new Rules(site, new Evaluation(site, frontend, request));
    try {
      return rules.decide(frontend);
    } catch (CannotTellException e) {
      return new Decision(frontend.head().toString(), null, Objects.requireNonNull(e.getMessage()));
    }
  }

  private Decision decide(Section frontend) {
    Line answer = answer(frontend);
    if (answer != null) {
      return new Decision(answer.toString(), null, null);
    }
    Line used = used(frontend);
    Section backend = used == null ? null : backend(used);
    if (backend == null) {
      Optional<Line> otherwise = frontend.last("default_backend");
      used = otherwise.orElse(frontend.head());
      backend = otherwise.map(this::backend).orElse(frontend.is("listen") ? frontend : null);
    }
    if (used == null || backend == null) {
      return new Decision(frontend.head().toString(), null, null); // 503
    }
    evaluation.enter(backend);
    answer = backend.equals(frontend) ? null : answer(backend);
    return answer == null
        ? new Decision(used.toString(), Backend.of(backend), null)
        : new Decision(answer.toString(), null, null);
  }

  private @Nullable Section backend(Line line) {
    return site.backend(text(line, line.word(1))).orElse(null);
  }

  private @Nullable Line used(Section frontend) {
    return frontend.all("use_backend").filter(this::applies).findFirst().orElse(null);
  }

  private boolean applies(Line line) {
    return Condition.of(line).holds(evaluation);
  }

  /** The rule that answers the request; null if it goes on. */
  private @Nullable Line answer(Section section) {
    for (Line line : section.lines()) {
      if (UNKNOWN.contains(line.keyword()) && applies(line)) {
        throw new CannotTellException(line, "is not understood");
      }
      if (line.keyword().equals("monitor-uri")
          && evaluation.request().path().equals(line.word(1))) {
        return line;
      }
    }
    for (Line line : section.all("http-request").toList()) {
      String action = line.word(1).replaceFirst("\\(.*", "");
      if (mayApply(line, action)) {
        if (action.equals("allow")) {
          break;
        }
        if (ANSWERS.contains(action)) {
          return line;
        }
        apply(line, action);
      }
    }
    return section.all("redirect").filter(this::applies).findFirst().orElse(null);
  }

  /** A rule that decides nothing by itself may have a condition that nobody understands. */
  private boolean mayApply(Line line, String action) {
    try {
      return applies(line);
    } catch (CannotTellException e) {
      if (FIELDS.contains(action) || isHarmless(action)) {
        return true;
      }
      throw e;
    }
  }

  private static boolean isHarmless(String action) {
    return HARMLESS.contains(action) || action.matches("(track-sc|sc-).*");
  }

  private void apply(Line line, String action) {
    if (FIELDS.contains(action)) {
      evaluation.change(line.word(2));
    } else if (action.equals("set-var") || action.equals("set-var-fmt")) {
      set(line, action.equals("set-var"));
    } else if (action.equals("unset-var")) {
      evaluation.variables().remove(variable(line));
    } else if (!isHarmless(action)) {
      throw new CannotTellException(line, action + " is not understood");
    }
  }

  private void set(Line line, boolean expression) {
    if (line.hasVariables()) {
      throw new CannotTellException(line, "environment variables are not known");
    }
    String source = String.join(" ", line.words().subList(2, Condition.of(line).begin()));
    String value = expression ? new Expression(line, source).value(evaluation) : text(line, source);
    if (value != null) {
      evaluation.variables().put(variable(line), value);
    }
  }

  private static String variable(Line line) {
    return line.word(1).replaceFirst("^[^(]*\\(([^,)]*).*", "$1");
  }

  /** A text with expressions in it. */
  private String text(Line line, String format) {
    Matcher variables = VARIABLE.matcher(format);
    StringBuilder text = new StringBuilder();
    while (variables.find()) {
      String value = new Expression(line, variables.group(1)).value(evaluation);
      variables.appendReplacement(text, Matcher.quoteReplacement(value == null ? "" : value));
    }
    variables.appendTail(text);
    if (text.indexOf("%") >= 0 || line.hasVariables()) {
      throw new CannotTellException(line, "its text is not understood");
    }
    return text.toString();
  }
}
