// One direction of the link between two regions' networks: the second region's site reaches the first region's vault and tables over it.
param networkName string
param remoteNetworkName string

resource remote 'Microsoft.Network/virtualNetworks@2024-10-01' existing = {
  name: remoteNetworkName
}

resource network 'Microsoft.Network/virtualNetworks@2024-10-01' existing = {
  name: networkName

  resource peering 'virtualNetworkPeerings' = {
    name: remoteNetworkName
    properties: {
      allowVirtualNetworkAccess: true
      remoteVirtualNetwork: { id: remote.id }
    }
  }
}
