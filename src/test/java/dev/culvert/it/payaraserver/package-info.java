/** The WAR on Payara Server, driven by {@code asadmin}. */
package dev.culvert.it.payaraserver;
