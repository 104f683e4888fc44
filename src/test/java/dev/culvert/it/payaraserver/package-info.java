/** The WAR on Payara Server, driven by {@code asadmin}; profile {@code payara-server}. */
package dev.culvert.it.payaraserver;
