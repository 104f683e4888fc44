package com.ibm.ws.webcontainer;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;

/** Stands for a request of Open Liberty, whose classes are in this package and those below. */
public final class LibertyRequest {

  /** Not public, so that its proxies are in this package. */
  private interface OfThisPackage extends HttpServletRequest {}

  private LibertyRequest() {}

  /** One that answers nothing. */
  public static HttpServletRequest create() {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            LibertyRequest.class.getClassLoader(),
            new Class<?>[] {OfThisPackage.class},
            (proxy, method, arguments) -> null);
  }
}
