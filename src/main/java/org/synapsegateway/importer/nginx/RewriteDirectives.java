// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.Locale;

/**
 * The rewrite directives of one request: {@code set}, {@code if}, {@code return}, {@code rewrite}
 * and {@code break} (src/http/modules/ngx_http_rewrite_module.c). Confined to one thread.
 */
final class RewriteDirectives {
  /** No status. */
  private static final int NONE = 0;

  private final Variables variables;
  private final RequestUri uri;
  private Block here;
  private int status = NONE;
  private boolean isMoved;

  RewriteDirectives(Block here, Variables variables, RequestUri uri) {
    this.here = here;
    this.variables = variables;
    this.uri = uri;
  }

  /** Runs those of a block. */
  void run(Block block) {
    here = block;
    isMoved = false;
    script(block);
  }

  /** The block whose directives count now: the one that was run, or an {@code if} in it. */
  Block here() {
    return here;
  }

  /** What nginx answers; 0 if nothing has been said yet. */
  int status() {
    return status;
  }

  /** Whether the location has to be looked for anew. */
  boolean isMoved() {
    return isMoved;
  }

  /** Returns whether the directives end here. */
  private boolean script(Block block) {
    for (Directive each : block.directive().children()) {
      switch (each.name()) {
        case "set", "if", "return", "rewrite", "break" -> {
          variables.blame(each);
          if (step(block, each)) {
            return true;
          }
        }
        default -> {
          if (each.name().startsWith("rewrite_by_") || each.name().startsWith("set_by_lua")) {
            throw new CannotTellException(each, "");
          }
        }
      }
    }
    return false;
  }

  private boolean step(Block block, Directive each) {
    return switch (each.name()) {
      case "set" -> {
        String name = each.argument(0).replaceFirst("^\\$", "").toLowerCase(Locale.ROOT);
        variables.set(name, variables.expand(each.argument(1)));
        yield false;
      }
      case "break" -> true;
      case "return" -> {
        status = status(each);
        yield true;
      }
      case "rewrite" -> rewrite(each);
      default -> {
        if (!new Condition(each, variables).holds()) {
          yield false;
        }
        here = block.inner(each);
        yield script(here);
      }
    };
  }

  private static int status(Directive each) {
    String first = each.argument(0);
    if (first.matches("\\d{3}")) {
      return Integer.parseInt(first);
    }
    if (each.arguments().size() == 1) {
      return 302;
    }
    throw new CannotTellException(each, "no status");
  }

  private boolean rewrite(Directive each) {
    NginxRegex pattern = NginxRegex.of(each.place(), each.argument(0), false);
    variables.reads().add("uri");
    if (!variables.matchesOrForgets(pattern, variables.path())) {
      return false;
    }
    String flag = each.argument(2);
    String replacement = each.argument(1);
    boolean isRedirect =
        replacement.startsWith("http://")
            || replacement.startsWith("https://")
            || replacement.startsWith("$scheme");
    if (isRedirect || flag.equals("redirect") || flag.equals("permanent")) {
      status = flag.equals("permanent") ? 301 : 302;
      return true;
    }
    boolean isBreak = flag.equals("break");
    uri.rewrite(replacement, isBreak);
    isMoved = !isBreak;
    if (isBreak) {
      return true;
    }
    if (variables.path().isEmpty()) {
      status = 500;
    }
    return flag.equals("last") || status != NONE;
  }
}
