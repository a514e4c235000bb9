"""Reads every layer of a server with QGIS and prints what it found as JSON; run by the Python that QGIS belongs to.

`python3 qgis_reader.py <address> <token or ""> <key,key…>`
"""

import json
import os
import sys
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsAuthMethodConfig,
    QgsBlockingNetworkRequest,
    QgsDataSourceUri,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QUrl  # type: ignore[import-not-found]
from qgis.PyQt.QtNetwork import QNetworkRequest  # type: ignore[import-not-found]


def status_of(address: str, auth: str) -> Any:
    """What QGIS's own network answers for the first page; QGIS 3.22 crashes on a layer whose first page fails."""
    request = QgsBlockingNetworkRequest()
    request.setAuthCfg(auth)
    request.get(QNetworkRequest(QUrl(address)), True)
    return request.reply().attribute(QNetworkRequest.HttpStatusCodeAttribute)


def authenticate(token: str) -> str:
    """A configuration of the kind Basic in QGIS's own store, as a person makes one."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("only for this run", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("gridmap")
    config.setConfig("username", "anybody")
    config.setConfig("password", token)
    manager.storeAuthenticationConfig(config)
    return str(config.id())


def read(address: str, key: str, auth: str) -> dict[str, Any]:
    """Count, system, fields and names of one layer."""
    uri = QgsDataSourceUri()
    uri.setParam("url", address)
    uri.setParam("typename", key)
    if auth:
        uri.setAuthConfigId(auth)
    layer = QgsVectorLayer(uri.uri(False), key, "OAPIF")
    if not layer.isValid():
        return {"valid": False, "error": layer.error().summary()}
    features = list(layer.getFeatures())
    names = layer.fields().names()
    texts = {str(value) for one in features for value in one.attributes() if isinstance(value, str)}
    return {
        "valid": True,
        "featureCount": layer.featureCount(),
        "read": len(features),
        "distinct": len({one["id"] for one in features}) if "id" in names else len({one.id() for one in features}),
        "crs": layer.crs().authid(),
        "geometry": QgsWkbTypes.displayString(layer.wkbType()),
        "fields": {one.name(): one.typeName() for one in layer.fields()},
        "texts": sorted(texts)[:50_000],
    }


def main() -> None:
    """All layers asked for."""
    address, token, keys = sys.argv[1:4]
    application = QgsApplication([], True)
    application.initQgis()
    auth = authenticate(token) if token else ""
    status = status_of(address, auth)
    layers = {key: read(address, key, auth) for key in keys.split(",")} if status == 200 else {}
    json.dump({"status": status, "layers": layers}, sys.stdout)
    application.exitQgis()


main()
