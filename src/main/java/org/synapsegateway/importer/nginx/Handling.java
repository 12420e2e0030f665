// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through nginx's phases: server rewrite, location, rewrite, access, content
 * (src/http/ngx_http_core_module.c). Confined to one thread.
 */
final class Handling {
  private static final int MAX_URI_CHANGES = 10;

  private static final Set<String> CODE =
      Set.of(
          "rewrite_by_lua_block",
          "rewrite_by_lua_file",
          "rewrite_by_lua",
          "access_by_lua_block",
          "access_by_lua_file",
          "access_by_lua",
          "content_by_lua_block",
          "content_by_lua_file",
          "content_by_lua",
          "server_rewrite_by_lua_block",
          "js_content",
          "js_access",
          "perl",
          "auth_request",
          "auth_basic",
          "auth_jwt",
          "internal_redirect");

  private final Site site;
  private final Question question;
  private final Server server;
  private final Variables variables;
  private final RequestUri uri;
  private final RewriteDirectives rewrites;
  private final boolean isBadTarget;

  /** The block whose directives count. */
  private Block here;

  Handling(Site site, Question question) {
    this.site = site;
    this.question = question;
    Server found = site.server(question.listen(), Variables.host(question.host()));
    if (found == null) {
      throw new IllegalArgumentException("nothing listens at " + question.listen());
    }
    server = found;
    here = server.block();
    NormalPath target = NormalPath.of(question.target(), mergesSlashes());
    isBadTarget = target == null;
    variables =
        new Variables(site, question, server, target == null ? new NormalPath("/", null) : target);
    uri = new RequestUri(question.target(), variables);
    rewrites = new RewriteDirectives(here, variables, uri);
  }

  /** The target is read before the host is known, unless the handshake of TLS has named it. */
  private boolean mergesSlashes() {
    boolean known = server.isEncryptedAt(question.listen());
    Server otherwise = site.otherwise(question.listen());
    Server first = known || otherwise == null ? server : otherwise;
    Directive merges = first.block().inherited("merge_slashes");
    return merges == null || merges.argument(0).equals("on");
  }

  Decision decide() {
    if (isBadTarget) {
      return answered(400);
    }
    try {
      return handle();
    } catch (CannotTellException e) {
      return made(Decision.Kind.UNKNOWN, null, null, null, 0, e.getMessage());
    }
  }

  private Decision handle() {
    nameServer();
    Directive code = code(server.block());
    if (code != null && code.name().startsWith("server_rewrite")) {
      throw new CannotTellException(code, "");
    }
    rewrite(); // the location is looked for with the path as it is then
    int changes = 0;
    boolean isMoved = rewrites.status() == 0;
    while (isMoved) {
      if (changes++ > MAX_URI_CHANGES) {
        return answered(500);
      }
      LocationSearch search = new LocationSearch(server.block(), variables);
      here = search.found();
      if (isHidden()) {
        return answered(404);
      }
      if (search.isRedirect()) {
        return answered(301);
      }
      limit();
      rewrite();
      isMoved = rewrites.status() == 0 && rewrites.isMoved();
    }
    return rewrites.status() == 0 ? content() : answered(rewrites.status());
  }

  private void rewrite() {
    rewrites.run(here);
    here = rewrites.here();
  }

  /** Captures of the server's name. */
  private void nameServer() {
    String host = Variables.host(question.host());
    for (NginxRegex pattern : server.patterns()) {
      if (server.names().contains(host) || variables.matches(pattern, host)) {
        return;
      }
    }
  }

  private boolean isHidden() {
    return !uri.isRewritten() && here.own("internal") != null;
  }

  /** Goes into a limit_except block that the method is not excepted from. */
  private void limit() {
    Directive limit = here.own("limit_except");
    if (limit == null) {
      return;
    }
    variables.reads().add("request_method");
    List<String> methods = limit.arguments();
    boolean allowed =
        methods.contains(question.method())
            || question.method().equals("HEAD") && methods.contains("GET");
    if (!allowed) {
      here = here.inner(limit);
    }
  }

  // ---- access and content

  private Decision content() {
    Directive code = code(here);
    if (code != null) {
      throw new CannotTellException(code, "");
    }
    AccessRules access = AccessRules.of(here);
    if (!access.isEmpty()) {
      variables.reads().add("remote_addr");
    }
    Directive satisfy = here.inherited("satisfy");
    boolean isAnyEnough = satisfy != null && satisfy.argument(0).equals("any");
    if (!access.allow(question.client()) && !isAnyEnough) {
      return answered(403);
    }
    Directive tryFiles = here.own("try_files");
    if (tryFiles != null) {
      throw new CannotTellException(tryFiles, "it depends on files");
    }
    for (Block block = here; block != null; block = block.isPart() ? block.parent() : null) {
      for (Directive each : block.directive().children()) {
        if (each.is("proxy_pass")) {
          return send(each);
        }
        if (each.name().endsWith("_pass") || each.is("stub_status") || each.is("empty_gif")) {
          return made(Decision.Kind.OTHER, null, null, null, 0, each.name());
        }
      }
    }
    return made(Decision.Kind.OTHER, null, null, null, 0, "a file");
  }

  /** What runs code, or asks somebody, and counts here; null if nothing does. */
  private static @Nullable Directive code(Block here) {
    for (Block block = here; block != null; block = block.parent()) {
      for (Directive each : block.directive().children()) {
        if (CODE.contains(each.name()) && !each.argument(0).equals("off")) {
          return each;
        }
      }
    }
    return null;
  }

  private Decision send(Directive pass) {
    variables.blame(pass);
    Template template = Template.of(pass.place(), pass.argument(0));
    String url = template.expand(variables::get);
    Authority authority = Authority.of(url);
    if (authority == null) {
      if (template.hasVariables()) {
        return answered(500);
      }
      throw new CannotTellException(pass, url + " is no address");
    }
    Target target = authority.target(site);
    String path = authority.path();
    return made(
        Decision.Kind.SENT,
        target,
        template.hasVariables() ? uri.sentByVariables(path) : uri.sent(path, here),
        key(target),
        0,
        null);
  }

  private @Nullable String key(Target target) {
    if (target.by() == null) {
      return target.balance() == Target.Balance.IP_HASH ? question.client() : null;
    }
    try {
      return variables.expand(target.by());
    } catch (CannotTellException e) {
      return null;
    }
  }

  // ---- decisions

  private Decision answered(int status) {
    Directive page = status < 300 ? null : errorPage(status);
    if (page != null) {
      return made(
          Decision.Kind.UNKNOWN,
          null,
          null,
          null,
          status,
          "error_page (" + page.place() + "): it is led on with " + status);
    }
    return made(Decision.Kind.ANSWERED, null, null, null, status, null);
  }

  /** A page that a status leads on to somebody else. */
  private @Nullable Directive errorPage(int status) {
    for (Block block = here; block != null; block = block.parent()) {
      List<Directive> pages = block.directive().all("error_page").toList();
      if (!pages.isEmpty()) {
        return pages.stream()
            .filter(page -> page.arguments().contains(Integer.toString(status)))
            .findFirst()
            .orElse(null);
      }
    }
    return null;
  }

  private Decision made(
      Decision.Kind kind,
      @Nullable Target target,
      @Nullable String uri,
      @Nullable String key,
      int status,
      @Nullable String doubt) {
    boolean located = here.kind() != Block.Kind.NONE || here.isPart();
    return new Decision(
        kind,
        server.place(),
        located ? here.toString() : null,
        target,
        uri,
        key,
        status,
        Measure.bodyMax(here.inherited("client_max_body_size")),
        Measure.readTimeout(here.inherited("proxy_read_timeout")),
        variables.reads(),
        doubt);
  }
}
